import { defineConfig } from 'graphql-gatehouse';
import { notices } from './notices.ts';

export default defineConfig({ packages: [notices()] });
