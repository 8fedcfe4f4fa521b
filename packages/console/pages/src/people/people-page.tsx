import { Page } from '../parts/page.tsx';

export const PeoplePage = () => <Page title="People">{null}</Page>;
