export { createExecute } from './create-execute.ts';
