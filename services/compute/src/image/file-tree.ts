export interface Directory {
  readonly kind: 'directory';
  readonly children: Map<string, Node>;
}
export type Node =
  Directory | { readonly kind: 'file' } | { readonly kind: 'symlink'; readonly target: string };

/** Why a path leads nowhere: the error names of path_resolution(7). */
export type PathError = 'ENOENT' | 'ENOTDIR' | 'ELOOP' | 'ENAMETOOLONG';

export interface Place {
  readonly parent: Directory;
  /** Empty for the root. */
  readonly name: string;
  readonly node: Node | undefined;
}

const NAME_MAX = 255;
const PATH_MAX = 4095;
const LINKS_MAX = 40;

/**
 * Paths in memory, resolved as Linux does below a root of their own. Names have one character a byte. `step` is called
 * for each part of a path that is looked at, and ends a walk by throwing.
 */
export class FileTree {
  readonly root: Directory = { kind: 'directory', children: new Map() };

  constructor(private readonly step: () => void) {}

  /** As lstat(2) sees it: a last symbolic link is not followed. */
  look(path: string): Place | PathError {
    return this.#walk(path, false);
  }

  /** As stat(2) sees it. */
  follow(path: string): Place | PathError {
    return this.#walk(path, true);
  }

  /** As mkdir -p: `put` makes what is missing. A file, or a symbolic link that leads nowhere, is in the way. */
  makeDirectories(path: string, put: (place: Place) => Directory): PathError | undefined {
    let here = this.root;
    let made = '';
    for (const name of partsOf(path)) {
      made += `/${name}`;
      const child = here.children.get(name);
      if (child?.kind === 'directory') here = child;
      else if (child) {
        const there = this.follow(made);
        if (typeof there === 'string') return there;
        if (!there.node) return 'ENOENT';
        if (there.node.kind !== 'directory') return 'ENOTDIR';
        here = there.node;
      } else {
        if (name.length > NAME_MAX || made.length > PATH_MAX) return 'ENAMETOOLONG';
        here = put({ parent: here, name, node: undefined });
      }
    }
    return undefined;
  }

  #walk(path: string, follow: boolean): Place | PathError {
    if (path.length > PATH_MAX) return 'ENAMETOOLONG';
    const rest = partsOf(path).reverse();
    const above: Directory[] = [];
    let here = this.root;
    let links = 0;
    while (rest.length > 0) {
      const name = rest.pop() ?? '';
      this.step();
      if (name === '..') {
        here = above.pop() ?? this.root;
        continue;
      }
      if (name.length > NAME_MAX) return 'ENAMETOOLONG';
      const node = here.children.get(name);
      const last = rest.length === 0;
      if (node?.kind === 'symlink' && (!last || follow)) {
        if ((links += 1) > LINKS_MAX) return 'ELOOP';
        if (node.target.startsWith('/')) {
          above.length = 0;
          here = this.root;
        }
        rest.push(...partsOf(node.target).reverse());
        continue;
      }
      if (last) return { parent: here, name, node };
      if (!node) return 'ENOENT';
      if (node.kind !== 'directory') return 'ENOTDIR';
      above.push(here);
      here = node;
    }
    return { parent: above.at(-1) ?? this.root, name: '', node: here };
  }
}

/** Joined to the root and cleaned of ".", ".." and double slashes, without looking at what is there. */
export function cleaned(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/'))
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  return `/${parts.join('/')}`;
}

const partsOf = (path: string) => path.split('/').filter((part) => part !== '' && part !== '.');
