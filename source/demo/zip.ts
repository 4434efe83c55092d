import {crc32, deflateRawSync} from 'node:zlib';

/** A zip archive of files, as services pack what is asked for at once (APPNOTE 6.3). Nothing in it has a date. */
export const zip = (files: readonly (readonly [path: string, content: Buffer])[]): Buffer => {
	const parts: Buffer[] = [];
	const directory: Buffer[] = [];
	let offset = 0;
	for (const [path, content] of files) {
		const name = Buffer.from(path);
		const packed = deflateRawSync(content);
		// What both headers say of a file: version, flags, method, time, date, checksum, sizes, lengths.
		const facts = Buffer.alloc(26);
		facts.writeUInt16LE(20, 0);
		facts.writeUInt16LE(8, 4);
		facts.writeUInt32LE(crc32(content), 10);
		facts.writeUInt32LE(packed.length, 14);
		facts.writeUInt32LE(content.length, 18);
		facts.writeUInt16LE(name.length, 22);
		const local = [Buffer.from('PK\u0003\u0004', 'latin1'), facts, name, packed];
		const place = Buffer.alloc(14);
		place.writeUInt32LE(offset, 10);
		directory.push(Buffer.from('PK\u0001\u0002\u0014\u0000', 'latin1'), facts, place, name);
		parts.push(...local);
		offset += local.reduce((sum, part) => sum + part.length, 0);
	}
	const listing = Buffer.concat(directory);
	const end = Buffer.alloc(22);
	end.write('PK\u0005\u0006', 0, 'latin1');
	end.writeUInt16LE(files.length, 8);
	end.writeUInt16LE(files.length, 10);
	end.writeUInt32LE(listing.length, 12);
	end.writeUInt32LE(offset, 16);
	return Buffer.concat([...parts, listing, end]);
};
