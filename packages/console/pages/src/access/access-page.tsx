import { Page } from '../parts/page.tsx';

export const AccessPage = () => <Page title="Access">{null}</Page>;
