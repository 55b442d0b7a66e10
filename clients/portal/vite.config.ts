import { join } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { withoutRules } from './build/without_rules.ts'

const here = import.meta.dirname

/** Two builds of one source: `vite build` for browsers, `vite build --ssr` for the gateway. */
export default defineConfig(({ isSsrBuild }) => ({
  root: here,
  publicDir: isSsrBuild ? false : 'public',
  plugins: [react(), tailwindcss(), ...(isSsrBuild ? [] : [withoutRules()])],
  resolve: {
    alias: [
      {
        find: /^@bufbuild\/protovalidate\/gen\/buf\/validate\/validate_pb\.js$/,
        replacement: join(here, 'build/no_validation.ts'),
      },
      ...(isSsrBuild ? [{ find: /^.*\/map\/bus_map\.tsx$/, replacement: join(here, 'build/no_map.ts') }] : []),
    ],
  },
  // The gateway loads one folder, wherever it lies: nothing is left to be found in node_modules.
  ssr: { noExternal: true as const },
  build: {
    manifest: isSsrBuild !== true,
    emptyOutDir: true,
    reportCompressedSize: false,
    assetsInlineLimit: 0, // the policy of the pages allows no data: scripts or styles
    rollupOptions: isSsrBuild
      ? { input: join(here, 'src/server.tsx') }
      : {
          input: { client: join(here, 'src/client.tsx'), sw: join(here, 'src/offline/worker.ts') },
          // A service worker is known by its address, which must stay.
          output: { entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
        },
  },
}))
