import type { Plugin } from 'vite'

const NAMES = {
  'to-json': ['toJson', 'toJsonString', 'enumToJson'],
  'from-json': ['fromJson', 'fromJsonString', 'mergeFromJson', 'mergeFromJsonString', 'enumFromJson', 'isEnumJson'],
} as const

/**
 * Takes the JSON of protobuf out of the bundle of the browser: calls, what is kept on the device and frames of live buses
 * are binary. Whoever writes JSON after all is told at once.
 */
export function withoutJson(): Plugin {
  return {
    name: 'protobuf-without-json',
    load: {
      filter: { id: /\/@bufbuild\/protobuf\/dist\/esm\/(?:to|from)-json\.js$/ },
      handler: (id) => {
        const names = NAMES[id.endsWith('to-json.js') ? 'to-json' : 'from-json']
        return names.map((name) => `export function ${name}() { throw new Error('no JSON here') }`).join('\n')
      },
    },
  }
}
