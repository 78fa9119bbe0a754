namespace WasmChord.Memory64.Tests.Guests;

/// <summary>Modules that would keep a compiler busy, or fill its memory, and numbers that are written wrongly.</summary>
internal sealed partial class HostileModules
{
    private static readonly (string What, int Enough, Func<int, byte[]> Build)[] s_compileBombs =
    [
        ("values that stay on the stack", 20_000, n => Run(new WasmModuleBuilder().Memory(1), Sum(n, static (code, i) => code.I32(0).Bytes(0x28).MemoryArgument(2, 0, (ulong)i * 4))).Build()),
        ("results of calls that stay on the stack", 25_000, n => Run(new WasmModuleBuilder(), Sum(n, static (code, _) => code.Bytes(0x10, 0))).Build()),
        ("calls through a table", 50_000, n => Run(new WasmModuleBuilder().Table(1), Repeat(n, static (code, _) => code.I32(0).Bytes(0x11, 0, 0, 0x1A)).I32(0)).Build()),
        ("calls through a table amid many values", 6_000, IndirectCallsAmidValues),
        ("loops amid many values", 9_000, LoopsAmidValues),
        ("branches that carry many locals", 9_000, BranchesWithLocals),
        ("growing memory again and again", 40_000, n => Run(new WasmModuleBuilder().Memory(1), Repeat(n, static (code, _) => code.I32(0).Bytes(0x40, 0, 0x1A)).I32(0)).Build()),
        ("copying tables again and again", 40_000, n => Run(new WasmModuleBuilder().Table(1), Repeat(n, static (code, _) => code.I32(0).I32(0).I32(0).Op(0xFC, 14).U(0).U(0)).I32(0)).Build()),
        ("references taken from a table", 60_000, n => Run(new WasmModuleBuilder().Table(1), Repeat(n, static (code, _) => code.I32(0).Bytes(0x25, 0, 0x1A)).I32(0)).Build()),
        ("very many blocks", 80_000, n => Run(new WasmModuleBuilder(), Repeat(n, static (code, _) => code.I32(0).Bytes(0x04, 0x40, 0x0B)).I32(0)).Build()),
        ("loops within loops", 2_000, Loops),
        ("a very long function", 400_000, n => Run(new WasmModuleBuilder(), Repeat(n, static (code, _) => code.Bytes(0x20, 0, 0x20, 0, 0x6A, 0x21, 0)).I32(0), 0, (1, I32)).Build()),
        ("very many calls", 600_000, n => Run(new WasmModuleBuilder(), Repeat(n, static (code, _) => code.Bytes(0x10, 0, 0x1A)).I32(0)).Build()),
        ("very many functions", 90_000, n => Functions(n, isExported: false)),
        ("very many exported functions", 40_000, n => Functions(n, isExported: true)),
        ("very many types", 50_000, n => Types(n, 18)),
        ("types of a thousand parameters", 500, n => Types(n, 1_000)),
        ("functions of a thousand parameters", 500, Passages),
        ("very many elements", 600_000, n => Elements(n, 1, [0])),
        ("very many elements that are expressions", 300_000, n => Elements(n, 5, [0xD0, 0x70, 0x0B])),
        ("a global of very many sums", 600_000, n => Run(new WasmModuleBuilder().Global(I32, true, Sum(n, static (code, _) => code.I32(1))), new WasmCode().I32(0)).Build()),
        ("very many data segments", 60_000, DataSegments),
        ("very many locals in very many functions", 900, ManyLocals),
        ("tables of branches with many locals", 200, BranchTables),
    ];

    private int _nextCompileBomb;
    private int _nextNumber;

    /// <summary>Each kind in turn, far more than a compiler may be given; every third time so few that they compile.</summary>
    private HostileModule CompileBomb()
    {
        int turn = _nextCompileBomb++;
        (string what, int enough, Func<int, byte[]> build) = s_compileBombs[turn % s_compileBombs.Length];
        bool isSmall = turn % 3 == 2;
        return isSmall
            ? new HostileModule($"compile: {what}, a few", build(Math.Max(1, enough / 100)), HostileOutcome.Any)
            : new HostileModule($"compile: {what}", build(enough + _random.Next(enough / 4)), HostileOutcome.Refused);
    }

    /// <summary>Numbers that are too long, or too large for their kind, in every place of the format in turn.</summary>
    private HostileModule WrongNumber()
    {
        // Beyond 32 bits whether read with a sign or without.
        byte[] tops = [0x10, 0x1F, 0x20, 0x40, 0x47];
        int turn = _nextNumber++;
        int place = turn % 14;
        // The limits of a table are numbers of up to 64 bits, whatever their range.
        byte[] tooLong = [.. Enumerable.Repeat((byte)0x80, _random.Next(place == 4 ? 10 : 5, 12)), 0x00];
        byte[] tooLarge = [0xFF, 0xFF, 0xFF, 0xFF, tops[_random.Next(tops.Length)]];
        byte[] endless = [.. Enumerable.Repeat((byte)0xFF, _random.Next(11, 200))];
        byte[] number = ((turn + turn / 14) % 3) switch { 0 => tooLong, 1 => tooLarge, _ => endless };
        WasmModuleBuilder builder = new();
        WasmCode code = new();
        switch (place)
        {
            case 0: builder.Raw(1, number); break;
            case 1: builder.Raw(1, [1, 0x60, .. number]); break;
            case 2: builder.Raw(2, [1, 1, (byte)'a', 1, (byte)'b', 0, .. number]); break;
            case 3: builder.Raw(2, [1, .. number]); break;
            case 4: builder.Raw(4, [1, 0x70, 0, .. number]); break;
            case 5: builder.Raw(6, [1, I32, 0, 0x41, .. number, 0x0B]); break;
            case 6: builder.Raw(7, [.. number]); break;
            case 7: builder.Raw(9, [1, .. number]); break;
            case 8: builder.Raw(11, [1, .. number]); break;
            case 9: code.Bytes(0x41).Bytes(number).Drop(); break;
            case 10: code.Bytes(0x02).Bytes(number).Bytes(0x0B); break;
            case 11: code.Bytes(0x0C).Bytes(number); break;
            case 12: code.Bytes(0x10).Bytes(number); break;
            default: return new HostileModule("numbers: the length of a section", [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, .. number], HostileOutcome.Refused);
        }

        return new HostileModule($"numbers: place {place}", Run(builder, code.I32(0)).Build(), HostileOutcome.Refused);
    }

    private static WasmCode Repeat(int count, Action<WasmCode, int> write)
    {
        WasmCode code = new();
        for (int i = 0; i < count; i++) write(code, i);
        return code;
    }

    private static WasmCode Sum(int count, Action<WasmCode, int> write)
    {
        WasmCode code = Repeat(count, write);
        for (int i = 1; i < count; i++) code.Bytes(0x6A);
        return code;
    }

    private static byte[] IndirectCallsAmidValues(int count)
    {
        WasmCode code = Repeat(count, static (c, _) => c.Bytes(0x10, 0));
        code.Bytes(Repeat(count, static (c, _) => c.I32(0).Bytes(0x11, 0, 0, 0x1A)).ToArray());
        for (int i = 1; i < count; i++) code.Bytes(0x6A);
        return Run(new WasmModuleBuilder().Table(1), code).Build();
    }

    private static byte[] LoopsAmidValues(int count)
    {
        WasmCode code = Repeat(count, static (c, _) => c.Bytes(0x10, 0));
        code.Bytes(Repeat(count / 3, static (c, _) => c.Bytes(0x03, 0x40, 0x0B)).ToArray());
        for (int i = 1; i < count; i++) code.Bytes(0x6A);
        return Run(new WasmModuleBuilder(), code).Build();
    }

    private static byte[] BranchesWithLocals(int count)
    {
        WasmCode code = new WasmCode().Bytes(0x02, 0x40);
        for (uint i = 0; i < count; i++)
        {
            code.Bytes(0x10, 0, 0x21).U(i);
            if (i % 4 == 0) code.Bytes(0x20, 0, 0x0D, 0);
        }

        code.Bytes(0x0B).I32(0);
        for (uint i = 0; i < count; i++) code.Bytes(0x20).U(i).Bytes(0x6A);
        return Run(new WasmModuleBuilder(), code, 0, ((uint)count, I32)).Build();
    }

    private static byte[] Functions(int count, bool isExported)
    {
        WasmModuleBuilder builder = Run(new WasmModuleBuilder(), new WasmCode().I32(0));
        int type = builder.Type([], []);
        for (int i = 0; i < count; i++)
        {
            int function = builder.Function(type, new WasmCode());
            if (isExported) builder.Export($"f{i}", 0, function);
        }

        return builder.Build();
    }

    private static byte[] Types(int count, int parameters)
    {
        WasmModuleBuilder builder = Run(new WasmModuleBuilder(), new WasmCode().I32(0));
        byte[] types = new byte[parameters];
        for (int i = 0; i < count; i++)
        {
            for (int bit = 0; bit < parameters; bit++) types[bit] = bit < 18 && (i >> bit & 1) != 0 ? I64 : I32;
            builder.Type(types, []);
        }

        return builder.Build();
    }

    /// <summary>One type of a thousand parameters, and functions of it that a table may hold: each needs code that passes the parameters on.</summary>
    private static byte[] Passages(int count)
    {
        WasmModuleBuilder builder = Run(new WasmModuleBuilder(), new WasmCode().I32(0));
        int type = builder.Type([.. Enumerable.Repeat(I32, 1_000)], []);
        WasmCode element = new WasmCode().U(1).Bytes(0).U((ulong)count);
        for (int i = 0; i < count; i++) element.U((ulong)builder.Function(type, new WasmCode()));
        return builder.Element(element).Build();
    }

    private static byte[] Elements(int count, byte flags, byte[] element)
    {
        WasmCode code = new WasmCode().Bytes(flags, flags == 1 ? (byte)0 : (byte)0x70).U((ulong)count);
        for (int i = 0; i < count; i++) code.Bytes(element);
        return Run(new WasmModuleBuilder().Element(code), new WasmCode().I32(0)).Build();
    }

    private static byte[] DataSegments(int count)
    {
        WasmModuleBuilder builder = Run(new WasmModuleBuilder().Memory(1), new WasmCode().I32(0));
        for (int i = 0; i < count; i++) builder.ActiveData(0, new WasmCode().I32(i & 0xFFFF), [1]);
        return builder.Build();
    }

    private static byte[] ManyLocals(int count)
    {
        WasmModuleBuilder builder = Run(new WasmModuleBuilder(), new WasmCode().I32(0));
        for (int i = 0; i < count; i++) builder.Function(0, new WasmCode().I32(0), (50_000, I64));
        return builder.Build();
    }

    private static byte[] BranchTables(int count)
    {
        WasmCode code = new();
        for (int i = 0; i < count; i++)
        {
            code.Bytes(0x02, 0x40, 0x20, 0, 0x0E).U(500);
            for (int target = 0; target <= 500; target++) code.U(0);
            code.Bytes(0x0B);
        }

        return Run(new WasmModuleBuilder(), code.I32(0), 0, (100, I32)).Build();
    }
}
