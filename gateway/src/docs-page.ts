import { join } from 'node:path';
import { Router } from 'express';
import type { RequestHandler } from 'express';
import { named } from './request-info';

const staticDir = join(__dirname, '..', 'static');
const files = {
  '/docs': 'docs.html',
  ...Object.fromEntries(
    ['style.css', 'icon.svg', 'app.js', 'elements.js', 'schema.js', 'operation.js', 'try-it.js'].map(
      (file) => [`/docs/${file}`, file],
    ),
  ),
};

/** The reference at /docs: files of our own that draw /openapi.json, so it works offline and under our CSP. */
export function docsPage(counted: RequestHandler): Router {
  const router = Router();
  for (const [path, file] of Object.entries(files)) {
    router.get(path, named(path), counted, (_req, res) => res.sendFile(file, { root: staticDir }));
  }
  return router;
}
