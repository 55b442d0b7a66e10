import { join } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { leanContracts } from './build/lean_contracts.ts'
import { withoutJson } from './build/without_json.ts'

const here = import.meta.dirname

/** Two builds of one source: `vite build` for browsers, `vite build --ssr` for the gateway. */
export default defineConfig(({ isSsrBuild }) => ({
  root: here,
  publicDir: isSsrBuild ? false : 'public',
  plugins: [react(), tailwindcss(), ...(isSsrBuild ? [] : [leanContracts(), withoutJson()])],
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
  // Else the server would carry React twice, and run the slow one of them wherever nobody says what it runs in.
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    manifest: isSsrBuild !== true,
    minify: true,
    emptyOutDir: true,
    reportCompressedSize: false,
    assetsInlineLimit: 0, // the policy of the pages allows no data: scripts or styles
    rollupOptions: {
      // Contracts do nothing when they are loaded: a page carries those that it uses.
      treeshake: { moduleSideEffects: [{ test: /\/gen\/.*_pb\.ts$/, sideEffects: false }] },
      ...(isSsrBuild
        ? { input: join(here, 'src/server.tsx') }
        : {
            input: { client: join(here, 'src/client.tsx'), sw: join(here, 'src/offline/worker.ts') },
            // A service worker is known by its address, which must stay.
            output: { entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
          }),
    },
  },
}))
