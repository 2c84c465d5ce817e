/** Without what nobody sees: soft hyphens, joiners, marks of direction, variation selectors, fillers. */
export const visible = (text: string): string => text.replace(/\p{Default_Ignorable_Code_Point}+/gu, '')
