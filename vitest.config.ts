import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{shared,services,workers,tools}/**/*.test.ts'],
        },
      },
      {
        test: {
          name: 'platform',
          include: ['tests/**/*.test.ts'],
          globalSetup: ['tests/support/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // Two cores carry MariaDB, NATS, Deno and workerd as well.
          maxWorkers: 1,
        },
      },
    ],
  },
})
