import { Page } from '../parts/page.tsx';

export const GroupsPage = () => <Page title="Groups">{null}</Page>;
