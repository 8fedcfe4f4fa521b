export type { RowCheck } from './testing/check-rows.ts';
export type { RunResult, TestViewer } from './testing/run.ts';
export {
  startTestGatehouse,
  type TestGatehouse,
  type TestGatehouseOptions,
} from './testing/start-test-gatehouse.ts';
