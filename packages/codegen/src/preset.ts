import { type ClientPresetConfig, preset as clientPreset } from '@graphql-codegen/client-preset';
import type { Types } from '@graphql-codegen/plugin-helpers';
import { buildASTSchema } from 'graphql';
import { createCompileDocument } from './document-rules.ts';
import { plugin } from './plugin.ts';
import type { AccessConfig } from './print-access.ts';
import { printOperations } from './print-operations.ts';

/** The settings of the preset: those of `@graphql-codegen/client-preset`, and those of the plugin. */
export interface GatehousePresetConfig extends ClientPresetConfig, AccessConfig {
  /** Whether `operations.json` is generated too, the texts that the front end sends. By default false. */
  readonly operations?: boolean;
}

/**
 * `@graphql-codegen/client-preset` with rules: each document has what its operation needs, and `access.ts` has the
 * rules of the schema.
 */
export const preset: Types.OutputPreset<GatehousePresetConfig> = {
  ...clientPreset,
  async buildGeneratesSection(options) {
    const { schema, presetConfig, baseOutputDir, config, documents } = options;
    const schemaAst = options.schemaAst ?? buildASTSchema(schema);
    const compileDocument = createCompileDocument(schemaAst, config.documentMode !== 'string');
    const sections = await clientPreset.buildGeneratesSection({
      ...options,
      presetConfig: {
        ...presetConfig,
        onExecutableDocumentNode(document) {
          const meta = presetConfig.onExecutableDocumentNode?.(document);
          const gatehouse = compileDocument(document);
          return gatehouse === undefined ? meta : { ...meta, gatehouse };
        },
      },
    });
    const access: Types.GenerateOptions = {
      filename: `${baseOutputDir}access.ts`,
      plugins: [{ access: { register: presetConfig.register } }],
      pluginMap: { access: { plugin } },
      schema,
      schemaAst,
      config: {},
      documents: [],
    };
    const operations: Types.GenerateOptions = {
      ...access,
      filename: `${baseOutputDir}operations.json`,
      plugins: [{ operations: {} }],
      pluginMap: { operations: { plugin: () => printOperations(documents) } },
    };
    return [...sections, access, ...(presetConfig.operations === true ? [operations] : [])];
  },
};
