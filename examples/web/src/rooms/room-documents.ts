import { graphql } from '../generated/index.ts';

export const RoomsDocument = graphql(`
  query Rooms($after: String) {
    rooms(first: 20, after: $after) {
      edges { node { id name floor groups admitsViewer } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export const RoomDocument = graphql(`
  query Room($id: ID!) {
    room(id: $id) { id name floor groups admitsViewer }
  }
`);

export const AccessCodeDocument = graphql(`
  query AccessCode($id: ID!) {
    room(id: $id) { id accessCode }
  }
`);

export const EnterRoomDocument = graphql(`
  mutation EnterRoom($id: ID!) {
    enterRoom(id: $id) { id enteredAt }
  }
`);

export const EntriesDocument = graphql(`
  query Entries($id: ID!, $after: String) {
    room(id: $id) {
      id
      entries(first: 10, after: $after) {
        edges { node { id enteredAt user { id displayName } } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);

export const RoomEnteredDocument = graphql(`
  subscription RoomEntered($roomId: ID) {
    roomEntered(roomId: $roomId) { id enteredAt user { id displayName } }
  }
`);
