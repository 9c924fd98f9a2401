import type { MethodEntry } from '@thecloud/api';
import { commonErrors } from '@thecloud/kernel';
import type { Peer, Principal } from '../context';
import { grants } from './tokens';
import type { TokenVerifier } from './tokens';

/** May this peer, with this authorization, call this method? Answers with the principal, if the method is for one. */
export async function authorize(
  method: MethodEntry,
  peer: Peer | undefined,
  authorization: string | undefined,
  tokens: TokenVerifier | undefined,
): Promise<Principal | undefined> {
  const { auth } = method;
  if (auth.public) return undefined;
  if (!peer) throw commonErrors.PEER_NOT_ALLOWED({ peer: 'unknown' });
  if (auth.peers.length > 0) {
    if (!auth.peers.includes('*') && !auth.peers.includes(peer.kind))
      throw commonErrors.PEER_NOT_ALLOWED({ peer: peer.kind });
    return undefined;
  }
  const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
  if (!token || !tokens) throw commonErrors.UNAUTHENTICATED({});
  const principal = await tokens.verify(token);
  if (auth.scope === 'project' && !principal.projectId) throw commonErrors.PROJECT_REQUIRED({});
  if (auth.scope === 'user' && principal.kind !== 'user' && !grants(principal.permissions, auth.permission))
    throw commonErrors.PERMISSION_DENIED({ permission: auth.permission });
  if (auth.scope === 'platform' && !principal.platformAdmin)
    throw commonErrors.ADMINISTRATOR_REQUIRED({ permission: auth.permission });
  if (auth.scope === 'project' && !grants(principal.permissions, auth.permission))
    throw commonErrors.PERMISSION_DENIED({ permission: auth.permission });
  return principal;
}
