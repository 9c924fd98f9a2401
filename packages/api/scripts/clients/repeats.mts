// Prints each public method with what may be tried again: it is no part of the public descriptor image.
import { resources } from './model.mts';

for (const { path, repeat } of resources.flatMap(({ methods }) => methods)) console.log(path, repeat);
