/** A word that may come next. */
export interface Candidate {
  word: string;
  /** A few words about it; may be empty. */
  about: string;
}
