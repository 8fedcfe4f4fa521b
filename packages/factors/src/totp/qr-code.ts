import { renderSVG } from 'uqr';

/** Returns a text as a QR code: an SVG image, with the margin of four modules that the standard asks for (ISO/IEC 18004). */
export const toQrCode = (text: string): string => renderSVG(text, { border: 4 });
