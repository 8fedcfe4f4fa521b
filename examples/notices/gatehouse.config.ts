import { defineConfig } from 'gatehouse';
import { notices } from './notices.ts';

export default defineConfig({ packages: [notices()] });
