import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Room as RoomRow, RoomEntry as RoomEntryRow } from './prisma/client.ts';
import type { UserRecord } from 'gatehouse';
import type { Context } from '../context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
export type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
export type MakeOptional<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]?: Maybe<T[SubKey]> };
export type MakeMaybe<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]: Maybe<T[SubKey]> };
export type MakeEmpty<T extends { [key: string]: unknown }, K extends keyof T> = { [_ in K]?: never };
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type EnumResolverSignature<T, AllowedValues = any> = { [key in keyof T]?: AllowedValues };
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A moment in time: RFC 3339, in UTC, such as `2026-01-31T09:30:00.000Z`. */
  DateTime: { input: Date; output: Date; }
};

/** Who can do something: a person or a program. */
export type Actor = ApiClient | User;

/** A third-party program with a secret of its own, in place of a person's password. */
export type ApiClient = Principal & {
  readonly __typename?: 'ApiClient';
  /** When the client was created. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** When the client was disabled; null while it may sign in. */
  readonly disabledAt: Maybe<Scalars['DateTime']['output']>;
  /** The groups that the client holds. */
  readonly groups: ReadonlyArray<Group>;
  /** The client's id, a UUID. */
  readonly id: Scalars['ID']['output'];
  /** When the client last signed in, to the minute; null: never. */
  readonly lastUsedAt: Maybe<Scalars['DateTime']['output']>;
  /** The name to show. */
  readonly name: Scalars['String']['output'];
};

/** A client with its secret, which is shown this once: the server keeps its hash alone. */
export type ApiClientCredentials = {
  readonly __typename?: 'ApiClientCredentials';
  /** The client. */
  readonly client: ApiClient;
  /** Sent with every request: `Authorization: Bearer <secret>`. */
  readonly secret: Scalars['String']['output'];
};

/** One thing that has happened. Written in the transaction of what it tells, and never changed. */
export type AuditEvent = {
  readonly __typename?: 'AuditEvent';
  /** What happened: `login.succeeded`, `membership.granted` and so on. */
  readonly action: Scalars['String']['output'];
  /** Who did it; null when that was the system, or someone unknown or gone. */
  readonly actor: Maybe<Actor>;
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** More about it, for a person to read. */
  readonly detail: Maybe<Scalars['String']['output']>;
  /** The event's id, a UUID. */
  readonly id: Scalars['ID']['output'];
  /** The address that it came from. */
  readonly ip: Maybe<Scalars['String']['output']>;
  /** The id of whom or what it was done to. */
  readonly subjectId: Maybe<Scalars['ID']['output']>;
};

/** A page of events. */
export type AuditEventConnection = {
  readonly __typename?: 'AuditEventConnection';
  /** The events of this page, each with its cursor. */
  readonly edges: ReadonlyArray<AuditEventEdge>;
  /** Where the page stands. */
  readonly pageInfo: PageInfo;
};

/** An event in a page. */
export type AuditEventEdge = {
  readonly __typename?: 'AuditEventEdge';
  /** The place of this edge, for the argument `after`. */
  readonly cursor: Scalars['String']['output'];
  /** The event. */
  readonly node: AuditEvent;
};

/** What a user begins with. */
export type CreateUserInput = {
  /** The name to show: 1 to 200 characters. Absent: the username. */
  readonly displayName?: InputMaybe<Scalars['String']['input']>;
  /** An address to write to: at most 254 characters. */
  readonly email?: InputMaybe<Scalars['String']['input']>;
  /** The groups of the user. Absent or null: those that the server gives to new users. */
  readonly groups?: InputMaybe<ReadonlyArray<Group>>;
  /** At least 15 characters (or as the server is set), at most 72 bytes of UTF-8, without the username in it. */
  readonly password: Scalars['String']['input'];
  /** 1 to 64 letters, digits and `. _ - @ +`, unique without regard to case. */
  readonly username: Scalars['String']['input'];
};

/** What a client needs to go on, in the terms of RFC 6749 and RFC 6750. */
export type Credentials = {
  readonly __typename?: 'Credentials';
  /**
   * Sent with every request: `Authorization: Bearer <accessToken>`. A JWT (RFC 9068). Its claim `groups` is
   * for others who verify it, and tells what the user held when it was issued: this API never reads it.
   */
  readonly accessToken: Scalars['String']['output'];
  /** How long the access token lives, in seconds. */
  readonly expiresIn: Scalars['Int']['output'];
  /** For `refresh`, once. Keep it secret: it outlives the access token. */
  readonly refreshToken: Scalars['String']['output'];
  /** How the access token is used: always `Bearer`. */
  readonly tokenType: Scalars['String']['output'];
  /** Who has logged in. */
  readonly user: User;
};

/** The groups that decide what a viewer may do. */
export type Group =
  /** Manages users and their groups. */
  | 'ADMIN'
  /** Reads what has happened, and changes nothing. */
  | 'AUDITOR'
  /** Manages rooms, and creates users. */
  | 'MANAGER'
  /** Works here. */
  | 'STAFF';

/** A user's place in a group, which may end by itself. */
export type Membership = {
  readonly __typename?: 'Membership';
  /** When it ends by itself; null: never. */
  readonly expiresAt: Maybe<Scalars['DateTime']['output']>;
  /** When it was granted. */
  readonly grantedAt: Scalars['DateTime']['output'];
  /** Who granted it; null when that was a program, the system, or a user who is gone. */
  readonly grantedBy: Maybe<User>;
  /** The group. */
  readonly group: Group;
};

/** What can be changed. Fields run one after another, and none of them runs when one is refused. */
export type Mutation = {
  readonly __typename?: 'Mutation';
  /**
   * Changes the viewer's own password. This session goes on with the credentials that this gives; its older
   * refresh token is dead, and all other sessions end.
   */
  readonly changePassword: Credentials;
  /** Creates an API client, which can sign in at once. */
  readonly createApiClient: ApiClientCredentials;
  /** Creates a room. */
  readonly createRoom: Room;
  /** Creates a user, who can log in at once. */
  readonly createUser: User;
  /** Removes a room, with its entries. Gives the id that it had. */
  readonly deleteRoom: Scalars['ID']['output'];
  /**
   * Deletes a user with memberships and sessions, and returns the id. What the audit log tells
   * stays. Never the last active ADMIN.
   */
  readonly deleteUser: Scalars['ID']['output'];
  /** Keeps an API client out for good: its secret opens nothing once this has answered. */
  readonly disableApiClient: ApiClient;
  /** Keeps a user out: no login, and every session ends at once. Never the last active ADMIN. */
  readonly disableUser: User;
  /** Lets a disabled user log in again. Ended sessions stay ended. */
  readonly enableUser: User;
  /** Ends a session; false when it had ended already. */
  readonly endSession: Scalars['Boolean']['output'];
  /** Enters a room that admits the viewer, which is kept as an entry. For users alone. */
  readonly enterRoom: RoomEntry;
  /** Puts a user into a group, from the next request on. Granted again, the new end counts. */
  readonly grantGroup: User;
  /**
   * Checks a username and a password, and opens a session. Refused alike, with UNAUTHENTICATED and the
   * reason BAD_CREDENTIALS, for an unknown user, a wrong password and a disabled user.
   */
  readonly login: Credentials;
  /** Ends this session: none of its tokens opens anything any more. */
  readonly logout: Scalars['Boolean']['output'];
  /** Ends all sessions of the viewer, this one too, and tells how many there were. */
  readonly logoutEverywhere: Scalars['Int']['output'];
  /**
   * Gives the next credentials of a session for its refresh token, which is used up by that. Within a short
   * time the token used last may come again, and gets the same successor; any other token that was used
   * before ends the session. Refused with UNAUTHENTICATED and a token's reason.
   */
  readonly refresh: Credentials;
  /** Gives a user another password. Every session of the user ends at once. */
  readonly resetPassword: User;
  /** Takes a user out of a group, from the next request on. Never the last active ADMIN. */
  readonly revokeGroup: User;
  /** Puts a new secret in the place of the old one, which opens nothing once this has answered. */
  readonly rotateApiClientSecret: ApiClientCredentials;
  /** Puts a new description in the place of the old; an absent access code stays as it is. */
  readonly updateRoom: Room;
  /** Changes what the input names, and nothing else. */
  readonly updateUser: User;
};


/** What can be changed. Fields run one after another, and none of them runs when one is refused. */
export type MutationChangePasswordArgs = {
  currentPassword: Scalars['String']['input'];
  newPassword: Scalars['String']['input'];
};


/** What can be changed. Fields run one after another, and none of them runs when one is refused. */
export type MutationCreateApiClientArgs = {
  groups: ReadonlyArray<Group>;
  name: Scalars['String']['input'];
};


/** What can be changed. Fields run one after another, and none of them runs when one is refused. */
export type MutationCreateRoomArgs = {
  input: RoomInput;
};


/** What can be changed. Fields run one after another, and none of them runs when one is refused. */
export type MutationCreateUserArgs = {
  input: CreateUserInput;
};


/** What can be changed. Fields run one after another, and none of them runs when one is refused. */
export type MutationDeleteRoomArgs = {
  id: Scalars['ID']['input'];
};


/** What can be changed. Fields run one after another, and none of them runs when one is refused. */
export type MutationDeleteUserArgs = {
  id: Scalars['ID']['input'];
};


/** What can be changed. Fields run one after another, and none of them runs when one is refused. */
export type MutationDisableApiClientArgs = {
  id: Scalars['ID']['input'];
};


/** What can be changed. Fields run one after another, and none of them runs when one is refused. */
export type MutationDisableUserArgs = {
  id: Scalars['ID']['input'];
};


/** What can be changed. Fields run one after another, and none of them runs when one is refused. */
export type MutationEnableUserArgs = {
  id: Scalars['ID']['input'];
};


/** What can be changed. Fields run one after another, and none of them runs when one is refused. */
export type MutationEndSessionArgs = {
  id: Scalars['ID']['input'];
};


/** What can be changed. Fields run one after another, and none of them runs when one is refused. */
export type MutationEnterRoomArgs = {
  id: Scalars['ID']['input'];
};


/** What can be changed. Fields run one after another, and none of them runs when one is refused. */
export type MutationGrantGroupArgs = {
  expiresAt?: InputMaybe<Scalars['DateTime']['input']>;
  group: Group;
  userId: Scalars['ID']['input'];
};


/** What can be changed. Fields run one after another, and none of them runs when one is refused. */
export type MutationLoginArgs = {
  password: Scalars['String']['input'];
  username: Scalars['String']['input'];
};


/** What can be changed. Fields run one after another, and none of them runs when one is refused. */
export type MutationRefreshArgs = {
  refreshToken: Scalars['String']['input'];
};


/** What can be changed. Fields run one after another, and none of them runs when one is refused. */
export type MutationResetPasswordArgs = {
  id: Scalars['ID']['input'];
  newPassword: Scalars['String']['input'];
};


/** What can be changed. Fields run one after another, and none of them runs when one is refused. */
export type MutationRevokeGroupArgs = {
  group: Group;
  userId: Scalars['ID']['input'];
};


/** What can be changed. Fields run one after another, and none of them runs when one is refused. */
export type MutationRotateApiClientSecretArgs = {
  id: Scalars['ID']['input'];
};


/** What can be changed. Fields run one after another, and none of them runs when one is refused. */
export type MutationUpdateRoomArgs = {
  id: Scalars['ID']['input'];
  input: RoomInput;
};


/** What can be changed. Fields run one after another, and none of them runs when one is refused. */
export type MutationUpdateUserArgs = {
  id: Scalars['ID']['input'];
  input: UpdateUserInput;
};

/** Where a page stands in its connection (Relay cursor connections). */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  /** The last edge's cursor, for the argument `after`; null when the page is empty. */
  readonly endCursor: Maybe<Scalars['String']['output']>;
  /** Whether there is more after `endCursor`. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** Whether there is more before `startCursor`. */
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  /** The first edge's cursor; null when the page is empty. */
  readonly startCursor: Maybe<Scalars['String']['output']>;
};

/** Rules that depend on data, such as ownership. */
export type Policy =
  /** One of the viewer's groups may enter the room. An API client may read such a room, but not enter it. */
  | 'ROOM_MEMBER'
  /** The record is the viewer's own. */
  | 'SELF'
  /** The session is one of the viewer's own. */
  | 'SESSION_OWNER'
  /** The viewer is a user: an API client has no session and no password. */
  | 'USER';

/** Someone or something that can be authenticated and can hold groups. */
export type Principal = {
  /** When it was created. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** When it was disabled; null while it may log in. */
  readonly disabledAt: Maybe<Scalars['DateTime']['output']>;
  /** The groups that it holds now. */
  readonly groups: ReadonlyArray<Group>;
  /** Its id, a UUID. */
  readonly id: Scalars['ID']['output'];
};

/** What can be read. */
export type Query = {
  readonly __typename?: 'Query';
  /** The API clients, oldest first, disabled ones as well. */
  readonly apiClients: ReadonlyArray<ApiClient>;
  /** What has happened, latest first. */
  readonly auditEvents: AuditEventConnection;
  /** The user who is asking; null for a program. */
  readonly me: Maybe<User>;
  /** A user or a program; null when there is neither with this id. */
  readonly principal: Maybe<Principal>;
  /** One room; null when there is none with this id. */
  readonly room: Maybe<Room>;
  /** The rooms, oldest first. */
  readonly rooms: RoomConnection;
  /** What answers here. The one query that needs no token. */
  readonly serverInfo: ServerInfo;
  /** One user; null when there is none with this id. */
  readonly user: Maybe<User>;
  /** The users, oldest first. */
  readonly users: UserConnection;
  /** Who is asking. */
  readonly viewer: Viewer;
};


/** What can be read. */
export type QueryAuditEventsArgs = {
  action?: InputMaybe<Scalars['String']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** What can be read. */
export type QueryPrincipalArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. */
export type QueryRoomArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. */
export type QueryRoomsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** What can be read. */
export type QueryUserArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. */
export type QueryUsersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  includeDisabled?: InputMaybe<Scalars['Boolean']['input']>;
  search?: InputMaybe<Scalars['String']['input']>;
};

/** A place that only some groups may enter. */
export type Room = {
  readonly __typename?: 'Room';
  /** What to type at the door. */
  readonly accessCode: Maybe<Scalars['String']['output']>;
  /** Whether the viewer's groups admit them. */
  readonly admitsViewer: Scalars['Boolean']['output'];
  /** Who entered, latest first. */
  readonly entries: RoomEntryConnection;
  /** The floor; 0 is the ground floor. */
  readonly floor: Scalars['Int']['output'];
  /** The groups that the room admits. */
  readonly groups: ReadonlyArray<Group>;
  /** The room's id, a UUID. */
  readonly id: Scalars['ID']['output'];
  /** The name on the door. */
  readonly name: Scalars['String']['output'];
};


/** A place that only some groups may enter. */
export type RoomEntriesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of rooms. */
export type RoomConnection = {
  readonly __typename?: 'RoomConnection';
  /** The rooms of this page, each with its cursor. */
  readonly edges: ReadonlyArray<RoomEdge>;
  /** Where the page stands. */
  readonly pageInfo: PageInfo;
};

/** A room in a page. */
export type RoomEdge = {
  readonly __typename?: 'RoomEdge';
  /** The place of this edge, for the argument `after`. */
  readonly cursor: Scalars['String']['output'];
  /** The room. */
  readonly node: Room;
};

/** Someone's entry into a room. */
export type RoomEntry = {
  readonly __typename?: 'RoomEntry';
  /** When. */
  readonly enteredAt: Scalars['DateTime']['output'];
  /** The entry's id, a UUID. */
  readonly id: Scalars['ID']['output'];
  /** The room. */
  readonly room: Room;
  /** Who entered. */
  readonly user: User;
};

/** A page of entries. */
export type RoomEntryConnection = {
  readonly __typename?: 'RoomEntryConnection';
  /** The entries of this page, each with its cursor. */
  readonly edges: ReadonlyArray<RoomEntryEdge>;
  /** Where the page stands. */
  readonly pageInfo: PageInfo;
};

/** An entry in a page. */
export type RoomEntryEdge = {
  readonly __typename?: 'RoomEntryEdge';
  /** The place of this edge, for the argument `after`. */
  readonly cursor: Scalars['String']['output'];
  /** The entry. */
  readonly node: RoomEntry;
};

/** What a room is. */
export type RoomInput = {
  /** What to type at the door: 1 to 64 characters; null removes it. */
  readonly accessCode?: InputMaybe<Scalars['String']['input']>;
  /** The floor: -100 to 1000. */
  readonly floor: Scalars['Int']['input'];
  /** The groups that the room admits. */
  readonly groups: ReadonlyArray<Group>;
  /** The name on the door: 1 to 200 characters. */
  readonly name: Scalars['String']['input'];
};

/** What answers here. */
export type ServerInfo = {
  readonly __typename?: 'ServerInfo';
  /** The product's name. */
  readonly name: Scalars['String']['output'];
  /** The API's version (semantic versioning). */
  readonly version: Scalars['String']['output'];
};

/** One login, from then on until it ends. */
export type Session = {
  readonly __typename?: 'Session';
  /** When it was opened. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** Whether it is the session of this request. */
  readonly current: Scalars['Boolean']['output'];
  /** When it ends by itself, unless it is refreshed before. However often it is, it has an end. */
  readonly expiresAt: Scalars['DateTime']['output'];
  /** The session's id, a UUID. */
  readonly id: Scalars['ID']['output'];
  /** The address that it was opened from. */
  readonly ip: Maybe<Scalars['String']['output']>;
  /** When it was opened, or last refreshed. */
  readonly lastUsedAt: Scalars['DateTime']['output'];
  /** What opened it: the header User-Agent of that request, at most 256 characters. */
  readonly userAgent: Maybe<Scalars['String']['output']>;
};

/** What can be watched, over a WebSocket: each event is told as it happens, while the viewer may see it. */
export type Subscription = {
  readonly __typename?: 'Subscription';
  /** Something has happened. */
  readonly auditEventAdded: AuditEvent;
  /** Someone has entered a room. */
  readonly roomEntered: RoomEntry;
};


/** What can be watched, over a WebSocket: each event is told as it happens, while the viewer may see it. */
export type SubscriptionRoomEnteredArgs = {
  roomId?: InputMaybe<Scalars['ID']['input']>;
};

/** What to change of a user. What is absent stays as it is. */
export type UpdateUserInput = {
  /** The name to show: 1 to 200 characters. */
  readonly displayName?: InputMaybe<Scalars['String']['input']>;
  /** An address to write to: at most 254 characters; null removes it. */
  readonly email?: InputMaybe<Scalars['String']['input']>;
  /** The name to log in with. */
  readonly username?: InputMaybe<Scalars['String']['input']>;
};

/** A person who can log in. */
export type User = Principal & {
  readonly __typename?: 'User';
  /** When the user was created. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** When the user was disabled; null while the user may log in. */
  readonly disabledAt: Maybe<Scalars['DateTime']['output']>;
  /** The name to show. */
  readonly displayName: Scalars['String']['output'];
  /** An address to write to. */
  readonly email: Maybe<Scalars['String']['output']>;
  /** The groups that the user holds now. */
  readonly groups: ReadonlyArray<Group>;
  /** The user's id, a UUID. */
  readonly id: Scalars['ID']['output'];
  /** The groups with their history: who granted them, when, until when. */
  readonly memberships: ReadonlyArray<Membership>;
  /** The sessions that are alive, newest first: all of them, unless the server allows a user more than 100. */
  readonly sessions: ReadonlyArray<Session>;
  /** The name to log in with, unique without regard to case. */
  readonly username: Scalars['String']['output'];
};


/** A person who can log in. */
export type UserSessionsArgs = {
  after?: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of users. */
export type UserConnection = {
  readonly __typename?: 'UserConnection';
  /** The users of this page, each with its cursor. */
  readonly edges: ReadonlyArray<UserEdge>;
  /** Where the page stands. */
  readonly pageInfo: PageInfo;
};

/** A user in a page. */
export type UserEdge = {
  readonly __typename?: 'UserEdge';
  /** The place of this edge, for the argument `after`. */
  readonly cursor: Scalars['String']['output'];
  /** The user. */
  readonly node: User;
};

/** Who is asking, and as what. */
export type Viewer = {
  readonly __typename?: 'Viewer';
  /** Coordinates of the root fields that this viewer may call, such as `Mutation.createUser`. */
  readonly access: ReadonlyArray<Scalars['String']['output']>;
  /** The groups that it holds now. */
  readonly groups: ReadonlyArray<Group>;
  /** The user or program behind the token. */
  readonly principal: Principal;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;



/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  Actor:
    | ( Partial<Omit<ApiClient, 'groups'> & { groups: ReadonlyArray<_RefType['Group']> }> )
    | ( UserRecord )
  ;
};

/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  Principal:
    | ( Partial<Omit<ApiClient, 'groups'> & { groups: ReadonlyArray<_RefType['Group']> }> )
    | ( UserRecord )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Actor: Partial<ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['Actor']>>;
  ApiClient: ResolverTypeWrapper<Partial<Omit<ApiClient, 'groups'> & { groups: ReadonlyArray<ResolversTypes['Group']> }>>;
  ApiClientCredentials: ResolverTypeWrapper<Partial<Omit<ApiClientCredentials, 'client'> & { client: ResolversTypes['ApiClient'] }>>;
  AuditEvent: ResolverTypeWrapper<Partial<Omit<AuditEvent, 'actor'> & { actor?: Maybe<ResolversTypes['Actor']> }>>;
  AuditEventConnection: ResolverTypeWrapper<Partial<Omit<AuditEventConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['AuditEventEdge']> }>>;
  AuditEventEdge: ResolverTypeWrapper<Partial<Omit<AuditEventEdge, 'node'> & { node: ResolversTypes['AuditEvent'] }>>;
  Boolean: ResolverTypeWrapper<Partial<Scalars['Boolean']['output']>>;
  CreateUserInput: ResolverTypeWrapper<Partial<CreateUserInput>>;
  Credentials: ResolverTypeWrapper<Partial<Omit<Credentials, 'user'> & { user: ResolversTypes['User'] }>>;
  DateTime: ResolverTypeWrapper<Partial<Scalars['DateTime']['output']>>;
  Group: ResolverTypeWrapper<string>;
  ID: ResolverTypeWrapper<Partial<Scalars['ID']['output']>>;
  Int: ResolverTypeWrapper<Partial<Scalars['Int']['output']>>;
  Membership: ResolverTypeWrapper<Partial<Omit<Membership, 'grantedBy' | 'group'> & { grantedBy?: Maybe<ResolversTypes['User']>, group: ResolversTypes['Group'] }>>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  PageInfo: ResolverTypeWrapper<Partial<PageInfo>>;
  Policy: ResolverTypeWrapper<Partial<Policy>>;
  Principal: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Principal']>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Room: ResolverTypeWrapper<RoomRow>;
  RoomConnection: ResolverTypeWrapper<Partial<Omit<RoomConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['RoomEdge']> }>>;
  RoomEdge: ResolverTypeWrapper<Partial<Omit<RoomEdge, 'node'> & { node: ResolversTypes['Room'] }>>;
  RoomEntry: ResolverTypeWrapper<RoomEntryRow>;
  RoomEntryConnection: ResolverTypeWrapper<Partial<Omit<RoomEntryConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['RoomEntryEdge']> }>>;
  RoomEntryEdge: ResolverTypeWrapper<Partial<Omit<RoomEntryEdge, 'node'> & { node: ResolversTypes['RoomEntry'] }>>;
  RoomInput: ResolverTypeWrapper<Partial<RoomInput>>;
  ServerInfo: ResolverTypeWrapper<Partial<ServerInfo>>;
  Session: ResolverTypeWrapper<Partial<Session>>;
  String: ResolverTypeWrapper<Partial<Scalars['String']['output']>>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  UpdateUserInput: ResolverTypeWrapper<Partial<UpdateUserInput>>;
  User: ResolverTypeWrapper<UserRecord>;
  UserConnection: ResolverTypeWrapper<Partial<Omit<UserConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['UserEdge']> }>>;
  UserEdge: ResolverTypeWrapper<Partial<Omit<UserEdge, 'node'> & { node: ResolversTypes['User'] }>>;
  Viewer: ResolverTypeWrapper<Partial<Omit<Viewer, 'groups' | 'principal'> & { groups: ReadonlyArray<ResolversTypes['Group']>, principal: ResolversTypes['Principal'] }>>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Actor: Partial<ResolversUnionTypes<ResolversParentTypes>['Actor']>;
  ApiClient: Partial<ApiClient>;
  ApiClientCredentials: Partial<Omit<ApiClientCredentials, 'client'> & { client: ResolversParentTypes['ApiClient'] }>;
  AuditEvent: Partial<Omit<AuditEvent, 'actor'> & { actor?: Maybe<ResolversParentTypes['Actor']> }>;
  AuditEventConnection: Partial<Omit<AuditEventConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['AuditEventEdge']> }>;
  AuditEventEdge: Partial<Omit<AuditEventEdge, 'node'> & { node: ResolversParentTypes['AuditEvent'] }>;
  Boolean: Partial<Scalars['Boolean']['output']>;
  CreateUserInput: Partial<CreateUserInput>;
  Credentials: Partial<Omit<Credentials, 'user'> & { user: ResolversParentTypes['User'] }>;
  DateTime: Partial<Scalars['DateTime']['output']>;
  ID: Partial<Scalars['ID']['output']>;
  Int: Partial<Scalars['Int']['output']>;
  Membership: Partial<Omit<Membership, 'grantedBy'> & { grantedBy?: Maybe<ResolversParentTypes['User']> }>;
  Mutation: Record<PropertyKey, never>;
  PageInfo: Partial<PageInfo>;
  Principal: ResolversInterfaceTypes<ResolversParentTypes>['Principal'];
  Query: Record<PropertyKey, never>;
  Room: RoomRow;
  RoomConnection: Partial<Omit<RoomConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['RoomEdge']> }>;
  RoomEdge: Partial<Omit<RoomEdge, 'node'> & { node: ResolversParentTypes['Room'] }>;
  RoomEntry: RoomEntryRow;
  RoomEntryConnection: Partial<Omit<RoomEntryConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['RoomEntryEdge']> }>;
  RoomEntryEdge: Partial<Omit<RoomEntryEdge, 'node'> & { node: ResolversParentTypes['RoomEntry'] }>;
  RoomInput: Partial<RoomInput>;
  ServerInfo: Partial<ServerInfo>;
  Session: Partial<Session>;
  String: Partial<Scalars['String']['output']>;
  Subscription: Record<PropertyKey, never>;
  UpdateUserInput: Partial<UpdateUserInput>;
  User: UserRecord;
  UserConnection: Partial<Omit<UserConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['UserEdge']> }>;
  UserEdge: Partial<Omit<UserEdge, 'node'> & { node: ResolversParentTypes['User'] }>;
  Viewer: Partial<Omit<Viewer, 'principal'> & { principal: ResolversParentTypes['Principal'] }>;
};

export type AuthDirectiveArgs = {
  or?: Maybe<ReadonlyArray<Policy>>;
  requires?: Maybe<ReadonlyArray<Group>>;
};

export type AuthDirectiveResolver<Result, Parent, ContextType = Context, Args = AuthDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type PublicDirectiveArgs = { };

export type PublicDirectiveResolver<Result, Parent, ContextType = Context, Args = PublicDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type ActorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Actor'] = ResolversParentTypes['Actor']> = {
  __resolveType: TypeResolveFn<'ApiClient' | 'User', ParentType, ContextType>;
};

export type ApiClientResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ApiClient'] = ResolversParentTypes['ApiClient']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  disabledAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  groups?: Resolver<ReadonlyArray<ResolversTypes['Group']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  lastUsedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ApiClientCredentialsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ApiClientCredentials'] = ResolversParentTypes['ApiClientCredentials']> = {
  client?: Resolver<ResolversTypes['ApiClient'], ParentType, ContextType>;
  secret?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type AuditEventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AuditEvent'] = ResolversParentTypes['AuditEvent']> = {
  action?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  actor?: Resolver<Maybe<ResolversTypes['Actor']>, ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  detail?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  ip?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  subjectId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type AuditEventConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AuditEventConnection'] = ResolversParentTypes['AuditEventConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['AuditEventEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type AuditEventEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AuditEventEdge'] = ResolversParentTypes['AuditEventEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['AuditEvent'], ParentType, ContextType>;
};

export type CredentialsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Credentials'] = ResolversParentTypes['Credentials']> = {
  accessToken?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  expiresIn?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  refreshToken?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  tokenType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type GroupResolvers = EnumResolverSignature<{ ADMIN?: any, AUDITOR?: any, MANAGER?: any, STAFF?: any }, ResolversTypes['Group']>;

export type MembershipResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Membership'] = ResolversParentTypes['Membership']> = {
  expiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  grantedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  grantedBy?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  group?: Resolver<ResolversTypes['Group'], ParentType, ContextType>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  changePassword?: Resolver<ResolversTypes['Credentials'], ParentType, ContextType, RequireFields<MutationChangePasswordArgs, 'currentPassword' | 'newPassword'>>;
  createApiClient?: Resolver<ResolversTypes['ApiClientCredentials'], ParentType, ContextType, RequireFields<MutationCreateApiClientArgs, 'groups' | 'name'>>;
  createRoom?: Resolver<ResolversTypes['Room'], ParentType, ContextType, RequireFields<MutationCreateRoomArgs, 'input'>>;
  createUser?: Resolver<ResolversTypes['User'], ParentType, ContextType, RequireFields<MutationCreateUserArgs, 'input'>>;
  deleteRoom?: Resolver<ResolversTypes['ID'], ParentType, ContextType, RequireFields<MutationDeleteRoomArgs, 'id'>>;
  deleteUser?: Resolver<ResolversTypes['ID'], ParentType, ContextType, RequireFields<MutationDeleteUserArgs, 'id'>>;
  disableApiClient?: Resolver<ResolversTypes['ApiClient'], ParentType, ContextType, RequireFields<MutationDisableApiClientArgs, 'id'>>;
  disableUser?: Resolver<ResolversTypes['User'], ParentType, ContextType, RequireFields<MutationDisableUserArgs, 'id'>>;
  enableUser?: Resolver<ResolversTypes['User'], ParentType, ContextType, RequireFields<MutationEnableUserArgs, 'id'>>;
  endSession?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType, RequireFields<MutationEndSessionArgs, 'id'>>;
  enterRoom?: Resolver<ResolversTypes['RoomEntry'], ParentType, ContextType, RequireFields<MutationEnterRoomArgs, 'id'>>;
  grantGroup?: Resolver<ResolversTypes['User'], ParentType, ContextType, RequireFields<MutationGrantGroupArgs, 'group' | 'userId'>>;
  login?: Resolver<ResolversTypes['Credentials'], ParentType, ContextType, RequireFields<MutationLoginArgs, 'password' | 'username'>>;
  logout?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  logoutEverywhere?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  refresh?: Resolver<ResolversTypes['Credentials'], ParentType, ContextType, RequireFields<MutationRefreshArgs, 'refreshToken'>>;
  resetPassword?: Resolver<ResolversTypes['User'], ParentType, ContextType, RequireFields<MutationResetPasswordArgs, 'id' | 'newPassword'>>;
  revokeGroup?: Resolver<ResolversTypes['User'], ParentType, ContextType, RequireFields<MutationRevokeGroupArgs, 'group' | 'userId'>>;
  rotateApiClientSecret?: Resolver<ResolversTypes['ApiClientCredentials'], ParentType, ContextType, RequireFields<MutationRotateApiClientSecretArgs, 'id'>>;
  updateRoom?: Resolver<ResolversTypes['Room'], ParentType, ContextType, RequireFields<MutationUpdateRoomArgs, 'id' | 'input'>>;
  updateUser?: Resolver<ResolversTypes['User'], ParentType, ContextType, RequireFields<MutationUpdateUserArgs, 'id' | 'input'>>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PrincipalResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Principal'] = ResolversParentTypes['Principal']> = {
  __resolveType: TypeResolveFn<'ApiClient' | 'User', ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  apiClients?: Resolver<ReadonlyArray<ResolversTypes['ApiClient']>, ParentType, ContextType>;
  auditEvents?: Resolver<ResolversTypes['AuditEventConnection'], ParentType, ContextType, RequireFields<QueryAuditEventsArgs, 'first'>>;
  me?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  principal?: Resolver<Maybe<ResolversTypes['Principal']>, ParentType, ContextType, RequireFields<QueryPrincipalArgs, 'id'>>;
  room?: Resolver<Maybe<ResolversTypes['Room']>, ParentType, ContextType, RequireFields<QueryRoomArgs, 'id'>>;
  rooms?: Resolver<ResolversTypes['RoomConnection'], ParentType, ContextType, RequireFields<QueryRoomsArgs, 'first'>>;
  serverInfo?: Resolver<ResolversTypes['ServerInfo'], ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType, RequireFields<QueryUserArgs, 'id'>>;
  users?: Resolver<ResolversTypes['UserConnection'], ParentType, ContextType, RequireFields<QueryUsersArgs, 'first'>>;
  viewer?: Resolver<ResolversTypes['Viewer'], ParentType, ContextType>;
};

export type RoomResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Room'] = ResolversParentTypes['Room']> = {
  accessCode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  admitsViewer?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  entries?: Resolver<ResolversTypes['RoomEntryConnection'], ParentType, ContextType, RequireFields<RoomEntriesArgs, 'first'>>;
  floor?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  groups?: Resolver<ReadonlyArray<ResolversTypes['Group']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type RoomConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RoomConnection'] = ResolversParentTypes['RoomConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['RoomEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type RoomEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RoomEdge'] = ResolversParentTypes['RoomEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Room'], ParentType, ContextType>;
};

export type RoomEntryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RoomEntry'] = ResolversParentTypes['RoomEntry']> = {
  enteredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  room?: Resolver<ResolversTypes['Room'], ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type RoomEntryConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RoomEntryConnection'] = ResolversParentTypes['RoomEntryConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['RoomEntryEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type RoomEntryEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RoomEntryEdge'] = ResolversParentTypes['RoomEntryEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['RoomEntry'], ParentType, ContextType>;
};

export type ServerInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ServerInfo'] = ResolversParentTypes['ServerInfo']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SessionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Session'] = ResolversParentTypes['Session']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  current?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  ip?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  lastUsedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  userAgent?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  auditEventAdded?: SubscriptionResolver<ResolversTypes['AuditEvent'], "auditEventAdded", ParentType, ContextType>;
  roomEntered?: SubscriptionResolver<ResolversTypes['RoomEntry'], "roomEntered", ParentType, ContextType, Partial<SubscriptionRoomEnteredArgs>>;
};

export type UserResolvers<ContextType = Context, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  disabledAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  displayName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  email?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  groups?: Resolver<ReadonlyArray<ResolversTypes['Group']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  memberships?: Resolver<ReadonlyArray<ResolversTypes['Membership']>, ParentType, ContextType>;
  sessions?: Resolver<ReadonlyArray<ResolversTypes['Session']>, ParentType, ContextType, RequireFields<UserSessionsArgs, 'first'>>;
  username?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UserConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserConnection'] = ResolversParentTypes['UserConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['UserEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type UserEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserEdge'] = ResolversParentTypes['UserEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type ViewerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Viewer'] = ResolversParentTypes['Viewer']> = {
  access?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  groups?: Resolver<ReadonlyArray<ResolversTypes['Group']>, ParentType, ContextType>;
  principal?: Resolver<ResolversTypes['Principal'], ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  Actor?: ActorResolvers<ContextType>;
  ApiClient?: ApiClientResolvers<ContextType>;
  ApiClientCredentials?: ApiClientCredentialsResolvers<ContextType>;
  AuditEvent?: AuditEventResolvers<ContextType>;
  AuditEventConnection?: AuditEventConnectionResolvers<ContextType>;
  AuditEventEdge?: AuditEventEdgeResolvers<ContextType>;
  Credentials?: CredentialsResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  Group?: GroupResolvers;
  Membership?: MembershipResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Principal?: PrincipalResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Room?: RoomResolvers<ContextType>;
  RoomConnection?: RoomConnectionResolvers<ContextType>;
  RoomEdge?: RoomEdgeResolvers<ContextType>;
  RoomEntry?: RoomEntryResolvers<ContextType>;
  RoomEntryConnection?: RoomEntryConnectionResolvers<ContextType>;
  RoomEntryEdge?: RoomEntryEdgeResolvers<ContextType>;
  ServerInfo?: ServerInfoResolvers<ContextType>;
  Session?: SessionResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
  UserConnection?: UserConnectionResolvers<ContextType>;
  UserEdge?: UserEdgeResolvers<ContextType>;
  Viewer?: ViewerResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = Context> = {
  auth?: AuthDirectiveResolver<any, any, ContextType>;
  public?: PublicDirectiveResolver<any, any, ContextType>;
};
