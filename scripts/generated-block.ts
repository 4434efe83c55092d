/** The text with other content between its marks `<!-- name: made by npm run docs -->` (or by what `maker` says) and `<!-- /name -->`. Throws where it has no place for it. */
export const withBlock = (text: string, name: string, content: string, maker = 'npm run docs'): string => {
	const start = `<!-- ${name}: made by ${maker} -->`;
	const end = `<!-- /${name} -->`;
	const [from, to] = [text.indexOf(start), text.indexOf(end)];
	if (from < 0 || to < from) throw new Error(`there is no ${start} … ${end}`);
	return `${text.slice(0, from)}${start}\n\n${content}\n\n${text.slice(to)}`;
};
