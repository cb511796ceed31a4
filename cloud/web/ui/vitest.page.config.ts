import { defineConfig } from 'vitest/config'

// The built page in a real browser, against the fake service of test/page.
export default defineConfig({
  test: { environment: 'node', include: ['test/page/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false },
})
