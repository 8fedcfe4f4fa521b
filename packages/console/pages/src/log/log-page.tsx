import { Page } from '../parts/page.tsx';

export const LogPage = () => <Page title="Log">{null}</Page>;
