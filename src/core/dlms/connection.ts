// One link and the one association on it (Green Book 9.4.2), opened for any client of the meter. A cancelled opening
// leaves both behind, so that close() still says the goodbyes that are due.
import { stage, type Dialogue } from '../wire/dialogue';
import { asReadError } from '../wire/errors';
import { Association } from './association/association';
import type { CosemLink } from './link/cosem-link';
import type { MeterKnowledge } from './reading/meter-memory';
import type { AssociationOptions } from './security/options';

/** One client at a time. */
export class Connection {
  link: CosemLink | undefined;
  association: Association | undefined;

  constructor(
    private readonly linkFor: (client: number) => CosemLink,
    /** What has to be said before each link is opened: the sign-on of mode E. */
    private readonly signOn: (() => Dialogue<void>) | undefined,
  ) {}

  /** A new association in place of the one there was. */
  *open(client: number, o: AssociationOptions, notes: MeterKnowledge): Dialogue<Association> {
    yield* this.abandon();
    const link = this.linkFor(client);
    const association = new Association(link, o, notes);
    this.link = link;
    this.association = association;
    yield* stage('connect', this.connected(link));
    yield* stage('authenticate', association.open());
    return association;
  }

  /** Goodbye; each part says it only if it ever said hello. */
  *close(): Dialogue<void> {
    const { association, link } = this;
    this.association = this.link = undefined;
    try {
      if (association) yield* stage('release', association.release());
    } finally {
      if (link) yield* stage('release', link.close());
    }
  }

  /** Given up without ceremony, for it may be what broke. */
  *abandon(isPolite = false): Dialogue<void> {
    const { association, link } = this;
    // A goodbye that nobody heard, or that was refused (GuruxDLMS.c: D8 01 02), changes nothing: the new connection
    // decides.
    if (association && isPolite) yield* attempt(association.release());
    if (link) yield* attempt(link.close());
    this.association = this.link = undefined; // not before: cancelled here, close() still says what was not said
  }

  private *connected(link: CosemLink): Dialogue<void> {
    if (this.signOn) yield* this.signOn();
    yield* link.open();
  }
}

function* attempt(goodbye: Dialogue<void>): Dialogue<void> {
  try {
    yield* goodbye;
  } catch (thrown) {
    const error = asReadError(thrown);
    if (error.code === 'INTERNAL' || error.code === 'CANCELLED') throw error;
  }
}
