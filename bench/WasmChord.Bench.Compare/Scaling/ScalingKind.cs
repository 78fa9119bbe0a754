namespace WasmChord.Bench.Compare;

/// <summary>What can grow.</summary>
internal enum ScalingKind
{
    /// <summary>Memory for the model.</summary>
    Budget,

    /// <summary>Users who generate at once.</summary>
    Users,

    /// <summary>Positions before the token that is generated.</summary>
    Context,
}
