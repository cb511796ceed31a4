import { defineConfig } from 'vitest/config'

// The built page in a real browser, against the fake service of test/page. What
// fails once on a machine that builds beside it is tried once more; a fault fails
// twice, and both are printed.
export default defineConfig({
  test: { environment: 'node', include: ['test/page/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false, retry: 1 },
})
