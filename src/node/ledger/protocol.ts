// The version that every header names (R1). It lives apart because founding, composing and checking all need it.
export const PROTOCOL = 1;
