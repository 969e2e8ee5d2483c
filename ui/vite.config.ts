import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

/** A page that users load carries its own texts and not the console's. One text is one line. */
const textsOf = (area: string) => ({
  name: 'texts-of-one-area',
  enforce: 'pre' as const,
  transform(code: string, id: string): string | undefined {
    if (!id.endsWith('/messages/generated.ts')) return undefined;
    const kept = code.split('\n').filter((line) => !line.startsWith('  "') || line.startsWith(`  "${area}.`));
    return kept.join('\n');
  },
});

// Three bundles: the console's pages for the desktop app, the vault page that the service serves, and the page of the hub that
// leads users there. The last two have files of fixed names, because service and hub list them one by one.
export default defineConfig(({ mode }) => {
  const page = ['vault', 'routing'].find((one) => one === mode);
  const vault = mode === 'vault';
  return {
    plugins: [svelte(), svelteTesting(), ...(page ? [textsOf(page)] : [])],
    // The hub's page stands under deep links, too.
    base: mode === 'routing' ? '/' : './',
    resolve: vault ? { alias: { crypto: '/src/vault/no-node.ts' } } : {},
    clearScreen: false,
    server: { port: 5173, strictPort: true, host: '127.0.0.1' },
    build: {
      // WebKitGTK 2.50 on Linux, WebView2 on Windows; browsers of two years for the vault page.
      target: ['safari16', 'chrome110'],
      outDir: page ? `dist-${page}` : 'dist',
      modulePreload: false,
      rollupOptions: {
        input: page ? `${page}.html` : 'index.html',
        ...(page && {
          output: {
            entryFileNames: `${page}.js`,
            assetFileNames: `${page}[extname]`,
            codeSplitting: false,
          },
        }),
      },
    },
    // One browser for all files: a new one for each takes twice as long. What tests change is put back by themselves, or by the set-up.
    test: {
      environment: 'jsdom',
      include: ['src/**/*.test.ts'],
      setupFiles: ['src/test/setup.ts'],
      isolate: false,
    },
  };
});
