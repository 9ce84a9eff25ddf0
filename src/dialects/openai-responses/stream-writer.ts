/** The events of a client's stream: numbered, framed, with the items that they tell of. */
import type { ResponseOutputItem } from "openai/resources/responses/responses";
import type { Json } from "../../model/json.ts";
import { ItemIds } from "./output-items.ts";

/** An item's place in the answer. */
export interface ItemPlace {
  readonly id: string;
  readonly outputIndex: number;
}

export class StreamWriter {
  readonly ids = new ItemIds();
  /** The finished items; those under way stand as they would if they ended now. */
  readonly output: ResponseOutputItem[] = [];
  #number = 0;

  /** One event. `fields` is the rest of its data, without braces. */
  event(type: string, fields: string): string {
    return `event: ${type}\ndata: {"type":"${type}","sequence_number":${this.#number++},${fields}}\n\n`;
  }

  /** An event that tells of the whole response. */
  response(type: string, response: Json): string {
    return this.event(type, `"response":${JSON.stringify(response)}`);
  }

  /** The item as it is now, in the list of the answer; without an index at its end. Returns its index. */
  put(item: ResponseOutputItem, outputIndex = this.output.length): number {
    this.output[outputIndex] = item;
    return outputIndex;
  }

  added(outputIndex: number, item: ResponseOutputItem): string {
    return this.event(
      "response.output_item.added",
      `"output_index":${outputIndex},"item":${JSON.stringify(item)}`,
    );
  }

  done(outputIndex: number, item: ResponseOutputItem): string {
    return this.event(
      "response.output_item.done",
      `"output_index":${outputIndex},"item":${JSON.stringify(item)}`,
    );
  }

  /** An item that is told whole. */
  whole(item: ResponseOutputItem, empty: ResponseOutputItem = item): string {
    const index = this.put(item);
    return this.added(index, empty) + this.done(index, item);
  }
}

/** Where a piece of an item belongs, ready for an event's data. */
export function place(itemId: string, outputIndex: number, more = ""): string {
  return `"item_id":${JSON.stringify(itemId)},"output_index":${outputIndex}${more}`;
}
