// Set by the bundler (scripts/build-cli.mjs); absent when run from the sources.
declare const CLOUD_VERSION: string | undefined;

export const version = typeof CLOUD_VERSION === 'string' ? CLOUD_VERSION : 'dev';
