import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { orderSlowFirst } from './slow-files.ts';

/** Starts slow files first. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = (await super.sort(files)).map((specification) => ({
      specification,
      project: specification.project,
      path: relative(this.ctx.config.root, specification.moduleId),
    }));
    return orderSlowFirst(sorted).map(({ specification }) => specification);
  }
}
