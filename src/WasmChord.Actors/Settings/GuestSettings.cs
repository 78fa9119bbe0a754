using Akka.Configuration;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>What guests may use: <c>wasmchord.guests</c>. The defaults are those of <c>reference.conf</c>.</summary>
public sealed record GuestSettings
{
    /// <summary>Guests of one model that run or wait for a thread; the next one is refused.</summary>
    public required int MaxGuests { get; init; }

    /// <summary>Logits processors of one model that run or start; the next request with one is refused.</summary>
    public required int MaxProcessors { get; init; }

    /// <summary>Compiled modules that are kept, in each of the two engines (with and without fuel).</summary>
    public required int CompiledModules { get; init; }

    /// <summary>Bytes of the compiled images that are kept, in each of the two engines.</summary>
    public required long CompiledBytes { get; init; }

    /// <summary>Modules that each of the two engines compiles at a time.</summary>
    public required int CompileParallelism { get; init; }

    /// <summary>Bytes of stack that a guest's own calls may use.</summary>
    public required int StackBytes { get; init; }

    /// <summary>What one guest may use when nothing else is said.</summary>
    public required GuestLimits Limits { get; init; }

    /// <summary>How long a logits processor may take for one token.</summary>
    public required TimeSpan ProcessorTime { get; init; }

    /// <summary>Parses and validates the section.</summary>
    /// <exception cref="ConfigurationException">A value is missing or out of range; the message names its key.</exception>
    public static GuestSettings Parse(Config config)
    {
        const long LargestMemory = 4L << 30, LargestText = 256L << 10;
        SettingReader read = new(config, "wasmchord.guests");
        string fuel = read.Text("fuel");
        return new GuestSettings
        {
            MaxGuests = read.Int("max-guests", 1, 100_000),
            MaxProcessors = read.Int("max-processors", 0, 100_000),
            CompiledModules = read.Int("compiled-modules", 1, 100_000),
            CompiledBytes = read.Bytes("compiled-size", 0, 1L << 40),
            CompileParallelism = read.Int("compile-parallelism", 1, 1024),
            StackBytes = (int)read.Bytes("stack", GuestEngine.SmallestStackBytes, GuestEngine.LargestStackBytes),
            ProcessorTime = read.Duration("processor-time"),
            Limits = new GuestLimits
            {
                ModuleBytes = read.Bytes("module-size", 8, 1L << 30),
                TextBytes = read.Bytes("text-size", 0, LargestText),
                CompileTime = read.Duration("compile-time"),
                ScratchBytes = read.Bytes("kernel-scratch", 0, LargestMemory),
                MemoryBytes = read.Bytes("memory", 0, LargestMemory),
                Memories = read.Int("memories", 0, 100),
                TableElements = read.Int("table-elements", 0, 10_000_000),
                Tables = read.Int("tables", 0, 100),
                Leases = read.Int("leases", 0, 1024),
                LogBytes = (int)read.Bytes("log-size", 0, 1L << 30),
                WallTime = read.Duration("wall-time"),
                Fuel = fuel == "off" ? null : long.TryParse(fuel, out long units) && units > 0
                    ? units
                    : throw new ConfigurationException($"wasmchord.guests.fuel = {fuel}: expected off, or a number of instructions"),
            },
        };
    }
}
