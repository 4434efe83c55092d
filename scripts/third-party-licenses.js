/* The licences of everything that is bundled. */
import {readdirSync, readFileSync} from 'node:fs';

const written = file => readFileSync(new URL(`licenses/${file}`, import.meta.url), 'utf8');

/** Packages that come without the text of their licence, which stands here. */
const withoutText = {
	// Its package.json says MIT, and its files say whose.
	'yoga-layout': written('yoga-layout.txt'),
};

/** What a package carries inside it and does not name in its own licence: the files by which to know it, and its licence. */
const carried = [
	{
		name: 'llhttp',
		file: /node_modules\/undici\/lib\/llhttp\//,
		license: 'MIT',
		text: written('llhttp.txt'),
	},
];

const packageFolder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;

/** The text of the licence of a package; throws where there is none. */
const licenseText = (folder, name) => {
	const file = readdirSync(folder).find(entry => /^(licen[cs]e|copying)([.-].*)?$/i.test(entry));
	if (file !== undefined) return readFileSync(`${folder}/${file}`, 'utf8');
	if (withoutText[name] !== undefined) return withoutText[name];
	throw new Error(
		`${name} is bundled without a licence text: there is none in ${folder}, and none in scripts/licenses`,
	);
};

const section = ({name, license, text}) =>
	`${'='.repeat(80)}\n${name} (${license})\n${'='.repeat(80)}\n\n${text.trim()}\n`;

/** One text with the licences of all packages of which esbuild put something into a file. Throws where one has none. */
export const thirdPartyLicenses = ({outputs}) => {
	const bundled = Object.values(outputs).flatMap(({inputs}) =>
		Object.entries(inputs)
			.filter(([, {bytesInOutput}]) => bytesInOutput > 0)
			.map(([path]) => path),
	);
	const folders = [...new Set(bundled.flatMap(path => packageFolder.exec(path) ?? []))];
	const packages = folders.map(folder => {
		const {name, version, license} = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
		return {name: `${name} ${version}`, license, text: licenseText(folder, name)};
	});
	const inside = carried.filter(({file}) => bundled.some(path => file.test(path)));
	const sections = [...new Set([...packages, ...inside].map(section))].sort();
	return `jobtop contains the following software. Its own licence is in the file LICENSE.\n\n${sections.join('\n')}`;
};
