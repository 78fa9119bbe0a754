namespace WasmChord.Bench.Compare;

/// <summary>Groups of cases that can be chosen.</summary>
internal enum CaseKind
{
    /// <summary>Prompts, with the model in memory.</summary>
    Prefill,

    /// <summary>One user who generates, with the model in memory.</summary>
    Decode,

    /// <summary>One user who generates, under memory limits.</summary>
    Limited,

    /// <summary>Several users who generate at once, with the model in memory and under limits.</summary>
    Users,

    /// <summary>Prompts and generation beside busy processes.</summary>
    Busy,

    /// <summary>From the start of the process to its first token, the file not in the page cache.</summary>
    Cold,
}
