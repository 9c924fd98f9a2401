import { envPair, integer, moment, pair, port } from './parse';

describe('option values', () => {
  it.each([
    ['80', { host_port: 0, container_port: 80, protocol: 'tcp' }],
    ['8080:80', { host_port: 8080, container_port: 80, protocol: 'tcp' }],
    ['53:53/udp', { host_port: 53, container_port: 53, protocol: 'udp' }],
  ])('reads port %s', (text, expected) => expect(port(text)).toEqual([expected]));

  it.each(['', ':', '80:', 'x', '0', '70000', '8080:80/icmp', '1:2:3', '-1'])('refuses port "%s"', (text) =>
    expect(() => port(text)).toThrow('8080:80'),
  );

  it('gathers pairs, and takes bare variables from the environment', () => {
    expect(pair('a=b=c', { x: '' })).toEqual({ x: '', a: 'b=c' });
    expect(() => pair('=b')).toThrow('KEY=VALUE');
    const read = envPair({ TOKEN: 's3' });
    expect(read('TOKEN', { A: '1' })).toEqual({ A: '1', TOKEN: 's3' });
    expect(() => read('NONE')).toThrow('no variable NONE');
  });

  it('bounds numbers', () => {
    expect(integer(0, 300)('300')).toBe(300);
    for (const text of ['301', '-1', '1.5', '', '1e2', 'x'])
      expect(() => integer(0, 300)(text)).toThrow('0 to 300');
  });

  it('reads moments', () => {
    expect(moment('2030-12-31T12:00:00Z')).toBe('2030-12-31T12:00:00.000Z');
    expect(Date.parse(moment('30d')) - Date.now()).toBeGreaterThan(29 * 86_400_000);
    for (const text of ['', 'soon', '3y', '-1d']) expect(() => moment(text)).toThrow('30d');
  });
});
