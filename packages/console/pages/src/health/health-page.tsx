import { Page } from '../parts/page.tsx';

export const HealthPage = () => <Page title="Health">{null}</Page>;
