import { Page } from '../parts/page.tsx';

export const ProgramsPage = () => <Page title="Programs">{null}</Page>;
