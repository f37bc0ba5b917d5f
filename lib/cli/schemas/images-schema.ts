import type { JsonSchema } from '../../api';

/** The JSON Schema of `knc.images.yaml`. */
export const imagesSchema: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'knc.images.yaml',
  description: 'Which program stands for which image on this machine.',
  type: ['object', 'null'],
  additionalProperties: false,
  properties: {
    images: {
      description:
        'Programs by image. A reference without tag and digest means every version; * stands for anything but a slash, ** for anything.',
      type: ['object', 'null'],
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['command'],
        properties: {
          command: {
            description: "The executable and its first arguments; the container's args are appended.",
            type: 'array',
            minItems: 1,
            items: { type: 'string' },
            examples: [['node', 'dist/server.js']],
          },
          cwd: { description: 'Where it runs, relative to this file. Default: the folder of this file.', type: 'string' },
          env: {
            description: 'Environment of the program, below what the pod declares.',
            type: 'object',
            additionalProperties: { type: 'string' },
          },
          allowCommand: {
            description: "Whether a container's own command may replace this one. Default: false.",
            type: 'boolean',
          },
        },
      },
    },
  },
};
