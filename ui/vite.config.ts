import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

// Two bundles: the console's pages for the desktop app, and the vault page that the service serves.
// The vault's files have fixed names, because the service lists them one by one.
export default defineConfig(({ mode }) => {
  const vault = mode === 'vault';
  return {
    plugins: [svelte(), svelteTesting()],
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
    test: { environment: 'jsdom', include: ['src/**/*.test.ts'] },
  };
});
