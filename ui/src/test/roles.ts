import type { DraftChange } from '../lib/backend/types/DraftChange';
import type { Roles } from '../lib/backend/types/Roles';
import type { RoleStep } from '../lib/backend/types/RoleStep';

/** No roles, no nodes, no groups. */
export const noRoles = (): Roles => ({ roles: [], nodes: [], default_role: null, groups: null });

/** Goes a step, as the service does, where it refuses nothing. */
export const stepRoles = (roles: Roles, step: RoleStep): void => {
  switch (step.step) {
    case 'put_role': {
      const role = { id: step.id ?? `r${roles.roles.length + 1}`, name: step.name, policies: step.policies };
      roles.roles = put(roles.roles, role);
      return;
    }
    case 'remove_role':
      roles.roles = roles.roles.filter((one) => one.id !== step.id);
      return;
    case 'put_node': {
      const { name, parent, role } = step;
      roles.nodes = put(roles.nodes, { id: step.id ?? `n${roles.nodes.length + 1}`, name, parent, role });
      return;
    }
    case 'remove_node':
      roles.nodes = roles.nodes.filter((one) => one.id !== step.id);
      return;
    case 'default':
      roles.default_role = step.role;
      return;
    case 'groups':
      roles.groups = step.groups;
  }
};

const put = <T extends { id: string }>(all: T[], one: T): T[] =>
  all.some((known) => known.id === one.id)
    ? all.map((known) => (known.id === one.id ? one : known))
    : [...all, one];

/** What differs. */
export const roleChanges = (from: Roles, to: Roles): DraftChange[] =>
  (['roles', 'nodes', 'default_role', 'groups'] as const)
    .map((field) => ({ field, from: JSON.stringify(from[field]), to: JSON.stringify(to[field]) }))
    .filter((change) => change.from !== change.to);
