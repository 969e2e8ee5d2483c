import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

/** The vault page is loaded by every user: it carries its own texts and not the console's. One text is one line. */
const vaultTextsOnly = {
  name: 'vault-texts-only',
  enforce: 'pre' as const,
  transform(code: string, id: string): string | undefined {
    if (!id.endsWith('/messages/generated.ts')) return undefined;
    const kept = code.split('\n').filter((line) => !line.startsWith('  "') || line.startsWith('  "vault.'));
    return kept.join('\n');
  },
};

// Two bundles: the console's pages for the desktop app, and the vault page that the service serves.
// The vault's files have fixed names, because the service lists them one by one.
export default defineConfig(({ mode }) => {
  const vault = mode === 'vault';
  return {
    plugins: [svelte(), svelteTesting(), ...(vault ? [vaultTextsOnly] : [])],
    base: './',
    resolve: vault ? { alias: { crypto: '/src/vault/no-node.ts' } } : {},
    clearScreen: false,
    server: { port: 5173, strictPort: true, host: '127.0.0.1' },
    build: {
      // WebKitGTK 2.50 on Linux, WebView2 on Windows; browsers of two years for the vault page.
      target: ['safari16', 'chrome110'],
      outDir: vault ? 'dist-vault' : 'dist',
      modulePreload: false,
      rollupOptions: {
        input: vault ? 'vault.html' : 'index.html',
        ...(vault && {
          output: {
            entryFileNames: 'vault.js',
            assetFileNames: 'vault[extname]',
            codeSplitting: false,
          },
        }),
      },
    },
    test: { environment: 'jsdom', include: ['src/**/*.test.ts'], setupFiles: ['src/test/setup.ts'] },
  };
});
