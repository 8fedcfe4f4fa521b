/** No record has this id: for questions about any record. */
export const nilId = '00000000-0000-0000-0000-000000000000';
