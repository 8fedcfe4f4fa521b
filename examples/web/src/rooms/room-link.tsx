import type { RoomsQuery } from '../generated/graphql.ts';
import { GroupList } from '../parts/group-list.tsx';
import { toHash } from '../route.ts';

interface RoomLinkProps {
  readonly room: RoomsQuery['rooms']['edges'][number]['node'];
}

/** A room in the list, which leads to its page. */
export const RoomLink = ({ room }: RoomLinkProps) => (
  <li className="row">
    <a href={toHash({ page: 'room', id: room.id })}>{room.name}</a>
    <span>Floor {room.floor}</span>
    <GroupList groups={room.groups} />
    <span className="state">
      {room.admitsViewer ? 'Open to you' : `Needs ${room.groups.join(' or ')}`}
    </span>
  </li>
);
