package io.stele.client;

/** What is known about the effect of a request that failed. */
public enum Outcome {
    /** It had none and never will: safe to try again. */
    NOT_APPLIED,
    /** It was done, once; only its reply is not known any more. */
    APPLIED,
    /** It may have been done, or may still be: nobody can say. */
    UNKNOWN
}
