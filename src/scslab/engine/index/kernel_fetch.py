"""What kernels ask the processor for before they read it."""

from __future__ import annotations

from typing import Any

from scslab.engine.jit import instruction

READ, KEEP, DATA = 0, 3, 1


@instruction
def prefetch() -> Any:
    """`prefetch(array, index)`: bring an item of a one-dimensional array into the cache, without waiting for it."""
    from llvmlite import ir
    from numba.core import cgutils, types

    def prefetch(_context: Any, array: Any, index: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            kind, number = signature.args
            items = context.make_array(kind)(context, builder, arguments[0])
            at = context.cast(builder, arguments[1], number, types.intp)
            place = cgutils.get_item_pointer(context, builder, kind, items, [at], wraparound=False)
            byte, whole = ir.IntType(8).as_pointer(), ir.IntType(32)
            asked = ir.FunctionType(ir.VoidType(), [byte, whole, whole, whole])
            ask = cgutils.get_or_insert_function(builder.module, asked, "llvm.prefetch.p0i8")
            builder.call(ask, [builder.bitcast(place, byte), whole(READ), whole(KEEP), whole(DATA)])
            return context.get_dummy_value()

        return types.void(array, index), generate

    return prefetch
