import { auditedProject } from '../audited-project.ts';

export default auditedProject.config;
