import { askedBy, onPassing, passing } from './failpoint';

afterEach(() => onPassing(undefined));

class Store {
  save(): string {
    return askedBy(this.save);
  }
}
const placeInstance = (store: Store) => store.save();
const startInstance = (store: Store) => store.save();

it('says nothing, and looks at nothing, while nothing listens', () => {
  passing('before commit');
  expect(placeInstance(new Store())).toBe('');
});

it('tells the step and what asked for it', () => {
  const passed: string[] = [];
  onPassing((step) => passed.push(step));
  passing('before commit', 'place');
  passing('work claimed');
  expect(passed).toEqual(['before commit: place', 'work claimed']);
});

it('names a step after who takes it, so that a new caller is a new step', () => {
  onPassing(() => undefined);
  expect(placeInstance(new Store())).toContain('placeInstance');
  expect(startInstance(new Store())).toContain('startInstance');
});
