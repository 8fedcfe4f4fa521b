export type { TestViewer } from './testing/run.ts';
export {
  startTestGatehouse,
  type TestGatehouse,
  type TestGatehouseOptions,
} from './testing/start-test-gatehouse.ts';
