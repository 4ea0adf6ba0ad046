#!/usr/bin/env node
import { register } from 'tsx/esm/api';

// There is no build step: the command line is TypeScript, compiled while it is loaded.
register();
await import('./main.ts');
