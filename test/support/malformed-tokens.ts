/** Texts that are no token, each made from a token in base64url. */
export const malformedTokens = (good: string) => [
  { what: 'nothing', text: '' },
  { what: 'a letter less', text: good.slice(1) },
  { what: 'a letter more', text: `${good}A` },
  { what: 'ten thousand letters', text: 'A'.repeat(10_000) },
  { what: 'white space around it', text: ` ${good.slice(2)} ` },
  { what: 'a line end after it', text: `${good}\n` },
  { what: 'a line end at its end', text: `${good.slice(1)}\n` },
  { what: 'padding', text: `${good}=` },
  { what: 'the other alphabet', text: `+/${good.slice(2)}` },
  { what: 'a NUL', text: `\0${good.slice(1)}` },
  { what: 'letters of another script', text: 'é'.repeat(good.length) },
  { what: 'half of a surrogate pair', text: `\ud800${good.slice(1)}` },
];
