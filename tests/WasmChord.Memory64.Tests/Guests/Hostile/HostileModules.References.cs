namespace WasmChord.Memory64.Tests.Guests;

/// <summary>Modules with types that guests do not have, wherever a type may stand: an engine that had to describe one to its host would end the process.</summary>
internal sealed partial class HostileModules
{
    private const int Places = 16;

    // Type 0 is () -> (), type 1 is what a place needs.
    private static readonly byte[][] s_references =
    [
        [0x64, 0x70], [0x64, 0x6F], [0x63, 0x00], [0x64, 0x00], [0x63, 0x6E], [0x64, 0x6C], [0x63, 0x69],
        [0x6E], [0x6D], [0x6C], [0x6B], [0x6A], [0x69], [0x71], [0x72], [0x73], [0x74], [0x75], [0x68],
        [0x63, 0x65, 0x70], [0x64, 0x65, 0x00], [0x62, 0x00],
    ];

    private static readonly byte[][] s_compositeTypes =
    [
        [0x5F, 0x00], [0x5F, 0x01, 0x7F, 0x00], [0x5E, 0x7F, 0x01], [0x5E, 0x78, 0x00], [0x5D, 0x00],
        [0x4E, 0x01, 0x60, 0x00, 0x00], [0x4E, 0x00], [0x50, 0x00, 0x60, 0x00, 0x00], [0x50, 0x01, 0x00, 0x60, 0x00, 0x00],
        [0x4F, 0x00, 0x5F, 0x00], [0x65, 0x60, 0x00, 0x00], [0x4D, 0x00, 0x5F, 0x00], [0x4C, 0x00, 0x5F, 0x00],
    ];

    private int _nextReference;

    /// <summary>Each type in each place, in turn; every now and then a type that is no function, or an instruction of typed references.</summary>
    private HostileModule TypedReference()
    {
        int turn = _nextReference++;
        if (turn % 5 == 3)
        {
            byte[] type = s_compositeTypes[turn / 5 % s_compositeTypes.Length];
            WasmModuleBuilder builder = new();
            builder.Type([], []);
            byte[] types = new WasmCode().U(3).Bytes(0x60, 0, 0).Bytes(type).Bytes(0x60, 0, 1, 0x7F).ToArray();
            builder.Function(2, new WasmCode().I32(0));
            return Typed($"a type 0x{type[0]:x2} of {type.Length} bytes", builder.Raw(1, types).Export(HostileModule.Entry, 0, 0));
        }

        if (turn % 5 == 4) return Typed("an instruction", Run(new WasmModuleBuilder().Table(1), TypedInstruction(turn / 5)));
        byte[] reference = s_references[turn % s_references.Length];
        // Both go on with every turn, and one step more a round: a short run sees each, a long one all pairs.
        int place = (turn + turn / s_references.Length) % Places;
        return Typed($"0x{Convert.ToHexStringLower(reference)} in place {place}", WithReference(reference, place));
    }

    private static HostileModule Typed(string what, WasmModuleBuilder builder) => new($"types: {what}", builder.Build(), HostileOutcome.Refused);

    private static WasmModuleBuilder WithReference(byte[] reference, int place)
    {
        WasmModuleBuilder builder = new();
        builder.Type([], []);
        byte[] value = [0xD0, reference[^1], 0x0B];
        int Signature(bool isResult)
        {
            WasmCode types = new WasmCode().U(3).Bytes(0x60, 0, 0).Bytes(0x60);
            types = isResult ? types.U(0).U(1).Bytes(reference) : types.U(1).Bytes(reference).U(0);
            builder.Raw(1, types.Bytes(0x60, 0, 1, I32).ToArray());
            return 1;
        }

        WasmCode Import(byte kind) => new WasmCode().U(1).Name("a").Name("b").Bytes(kind);
        WasmCode code = new();
        switch (place)
        {
            case 0: builder.Raw(2, Import(0).U((ulong)Signature(false)).ToArray()); break;
            case 1: builder.Raw(2, Import(0).U((ulong)Signature(true)).ToArray()); break;
            case 2: builder.Raw(2, Import(3).Bytes(reference).Bytes(0).ToArray()); break;
            case 3: builder.Raw(2, Import(3).Bytes(reference).Bytes(1).ToArray()); break;
            case 4: builder.Raw(2, Import(1).Bytes(reference).Bytes(0, 1).ToArray()); break;
            case 5: builder.Raw(4, new WasmCode().U(1).Bytes(reference).Bytes(0, 1).ToArray()); break;
            case 6: builder.Raw(4, new WasmCode().U(1).Bytes(0x40, 0).Bytes(reference).Bytes(0, 1).Bytes(value).ToArray()); break;
            case 7: builder.Raw(4, new WasmCode().U(1).Bytes(reference).Bytes(0, 1).ToArray()).Export("t", 1, 0); break;
            case 8: builder.Raw(6, new WasmCode().U(1).Bytes(reference).Bytes(0).Bytes(value).ToArray()); break;
            case 9: builder.Raw(6, new WasmCode().U(1).Bytes(reference).Bytes(1).Bytes(value).ToArray()).Export("g", 3, 0); break;
            case 10: builder.Export("typed", 0, builder.Function(Signature(false), code.Unreachable())); break;
            case 11: builder.Export("typed", 0, builder.Function(Signature(true), code.Unreachable())); break;
            case 12: builder.Function(Signature(false), code.Unreachable()); break;
            case 13:
                // A local: the group is part of the body.
                byte[] body = new WasmCode().U(1).U(1).Bytes(reference).Bytes(0x0B).ToArray();
                builder.Function(0, code);
                return builder.Raw(10, new WasmCode().U(1).U((ulong)body.Length).Bytes(body).ToArray()).Export(HostileModule.Entry, 0, 0);
            case 14: builder.Function(0, code.Unreachable().Bytes(0x02).Bytes(reference).Unreachable().Bytes(0x0B).Drop()); break;
            default: builder.Function(0, code.Unreachable().Bytes(0x1C, 1).Bytes(reference).Drop()); break;
        }

        // Where the type is not the function's own, there is still one to run.
        if (place is < 10 or > 12) builder.Function(0, new WasmCode());
        else builder.Function(2, new WasmCode().I32(0));
        return builder.Export(HostileModule.Entry, 0, 0);
    }

    private WasmCode TypedInstruction(int turn) => (turn % 10) switch
    {
        0 => new WasmCode().Bytes(0xD0, 0x70, 0x14, 0).I32(0),
        1 => new WasmCode().Bytes(0xD0, 0x70, 0xD4).Drop().I32(0),
        2 => new WasmCode().Bytes(0xD0, 0x00).Drop().I32(0),
        3 => new WasmCode().Bytes(0x02, 0x40, 0xD0, 0x70, 0xD5, 0x00, 0x1A, 0x0B).I32(0),
        4 => new WasmCode().Unreachable().Bytes(0xD3),
        5 => new WasmCode().I32(1).Bytes(0xFB, 28).Drop().I32(0),
        6 => new WasmCode().Unreachable().Bytes(0xFB, (byte)_random.Next(0, 31), 0, 0),
        7 => new WasmCode().Unreachable().Bytes(0x15, 0),
        8 => new WasmCode().Bytes(0x1F, 0x40, 0x00, 0x0B).I32(0),
        _ => new WasmCode().Unreachable().Bytes(0x0A),
    };
}
