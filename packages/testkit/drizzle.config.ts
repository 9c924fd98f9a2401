import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: './src/pair-service/*.schema.ts',
  out: './migrations',
  schemaFilter: ['orchestration'],
});
