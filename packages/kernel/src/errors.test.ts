import { commonErrors, invalidFields } from './common-errors';
import { catalogueLines, CloudError, entry, errorCatalogue } from './errors';

const errors = errorCatalogue('test.thecloud', {
  THING_NOT_FOUND: entry<{ id: string }>('NOT_FOUND', (m) => `There is no thing ${m.id}.`),
  COLOUR_WRONG: entry('INVALID_ARGUMENT', () => 'Not a colour.', {
    field: 'spec.colour',
    retryAfterSeconds: 3,
  }),
});

describe('an error catalogue', () => {
  it('makes errors that carry code, domain, reason, text and cause', () => {
    const cause = new Error('underneath');
    const error = errors.THING_NOT_FOUND({ id: 'x1' }, cause);
    expect(error).toBeInstanceOf(CloudError);
    expect(error).toMatchObject({
      code: 'NOT_FOUND',
      domain: 'test.thecloud',
      reason: 'THING_NOT_FOUND',
      message: 'There is no thing x1.',
      metadata: { id: 'x1' },
      cause,
    });
  });

  it('turns a field into a violation', () => {
    const error = errors.COLOUR_WRONG({});
    expect(error.violations).toEqual([{ field: 'spec.colour', description: 'Not a colour.' }]);
    expect(error.retryAfterSeconds).toBe(3);
  });

  it('is listed for the documentation, with placeholders for its metadata', () => {
    expect(catalogueLines()).toContainEqual({
      domain: 'test.thecloud',
      reason: 'THING_NOT_FOUND',
      code: 'NOT_FOUND',
      example: 'There is no thing {id}.',
    });
  });
});

it('names every broken field in one error', () => {
  const error = invalidFields([
    { field: 'name', description: 'is required' },
    { field: 'spec.type', description: 'is required' },
  ]);
  expect(error.message).toContain('name: is required; spec.type: is required');
  expect(error.violations).toHaveLength(2);
});

it('asks callers to come back when something does not answer', () => {
  expect(commonErrors.UNAVAILABLE({ what: 'The database' }).retryAfterSeconds).toBeGreaterThan(0);
});
